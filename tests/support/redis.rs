//! A Redis of a test's own.

use regie::platform::secret::Secret;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Redis {
    process: Child,
    pub port: u16,
}

impl Redis {
    /// `None` where the program is not installed.
    pub fn start(port: u16) -> Option<Self> {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        let process = command.current_dir(std::env::temp_dir()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let redis = Self { process, port };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "Redis does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(redis)
    }

    /// As the settings name it.
    pub fn url(&self) -> Secret<String> {
        Secret::new(format!("redis://127.0.0.1:{}/", self.port))
    }

    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Also when the test fails before it came to that.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
