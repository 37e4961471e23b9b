//! A thread for work that many wait for. Between two steps of it, like two statements of a change, no requests come first: on the
//! threads that answer requests each step would stand in their queue again.

use std::sync::OnceLock;
use tokio::runtime::{Builder, Handle, Runtime};

/// Lives as long as the process.
static LANE: OnceLock<Option<Runtime>> = OnceLock::new();

/// Starts work that only waits and calculates briefly. Where there is no thread for it, it runs among the requests.
pub fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    let lane = LANE.get_or_init(|| Builder::new_multi_thread().worker_threads(1).thread_name("lane").enable_all().build().ok());
    lane.as_ref().map_or_else(Handle::current, |lane| lane.handle().clone()).spawn(work);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn it_is_a_thread_of_its_own() {
        let (tell, told) = oneshot::channel();
        spawn(async move { tell.send(std::thread::current().name().map(str::to_owned)).unwrap() });
        assert_eq!(told.await.unwrap().as_deref(), Some("lane"));
    }
}
