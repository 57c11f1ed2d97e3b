// What anybody would write first: so many loops, the clock around `fetch`. The benchmark's yardstick.

// One user for each list of tasks, which it does in turn. Gives back each request's span in milliseconds.
window.load = async ({ users, rampMs, runMs }) => {
  const spans = []
  const began = performance.now()
  const user = async (tasks, number) => {
    await new Promise(resolve => setTimeout(resolve, (rampMs * number) / users.length))
    for (let turn = 0; performance.now() - began < runMs; turn++) {
      const { url, headers } = tasks[turn % tasks.length]
      const sent = performance.now()
      const response = await fetch(url, { headers, cache: 'no-store', credentials: 'omit' })
      await response.arrayBuffer()
      spans.push(performance.now() - sent)
    }
  }
  await Promise.all(users.map(user))
  return spans
}
