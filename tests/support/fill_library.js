// Puts so many records without reports into the page's database, as the body of an asynchronous WebDriver script.
const [count, done] = arguments
const request = indexedDB.open('oddiya-load')
request.onsuccess = () => {
  const transaction = request.result.transaction('library', 'readwrite')
  for (let n = 0; n < count; n += 1) {
    const started_at = new Date(1790000000000 + n * 3600000).toISOString()
    const summary = {
      host: 'http://localhost:8080', scenario: 'oddiya', load: '50 users at 5/s', started_at, duration_s: 600,
      rps: 100 + n, p95_ms: 10 + n, requests: 60000, failures: n % 3, failure_ratio: n % 3 / 60000,
      trust: {verdict: 'clean'},
    }
    const record = {origin: 'run', summary, bytes: 2000000, tags: ['nightly'], note: `run ${n}`}
    const id = (BigInt(1790000000000 + n) << 20n).toString(36).padStart(12, '0')
    transaction.objectStore('library').put(JSON.stringify(record), id)
  }
  transaction.oncomplete = () => { request.result.close(); done() }
}
