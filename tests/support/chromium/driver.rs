//! The chromedriver process: started on a free port, ended by its process id.
//!
//! Ending it is synchronous, because a failed test unwinds without a runtime.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Limit for closing the session. After it, killing the driver ends the browser.
const FAREWELL: Duration = Duration::from_secs(5);

/// How often a start is tried. Half of all ports taken would make 20 failures in a row one in a million.
const ATTEMPTS: u32 = 20;

/// What chromedriver prints before it ends because of a port.
const PORT_IS_TAKEN: &str = "port not available";

/// A running chromedriver and the session whose browser it started.
pub struct Driver {
    process: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    /// Starts `$CHROMEDRIVER`, or the chromedriver on the `PATH`.
    ///
    /// It takes a free port of IPv6 and needs the same one of IPv4. It ends where a connection of another test
    /// has that one ("IPv4 port not available"), so it is started again.
    pub fn start() -> Self {
        let mut last_words = String::new();
        for _ in 0..ATTEMPTS {
            match Self::start_once() {
                Ok(driver) => return driver,
                Err(words) => last_words = words,
            }
            assert!(
                last_words.contains(PORT_IS_TAKEN),
                "chromedriver ended before it named its port: {last_words}"
            );
        }
        panic!("chromedriver found no free port in {ATTEMPTS} attempts: {last_words}")
    }

    /// The started driver, or what it printed before it ended.
    fn start_once() -> Result<Self, String> {
        let command = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut process = Command::new(&command)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("`{command}` does not start ({error}); run `make setup`"));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            printed.push_str(&line);
            printed.push('\n');
            line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else {
            let _ = process.wait();
            return Err(printed);
        };
        // The rest is read too, because the driver would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, port, session: None })
    }

    /// Its process id. All processes of the browser descend from it.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The address that takes commands.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Names the session to close at the end.
    pub fn owns(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Requests the end of the browser and waits for the answer.
    fn close_session(&self) -> std::io::Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(FAREWELL))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.port
        )?;
        stream.read(&mut [0; 64]).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.close_session();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
