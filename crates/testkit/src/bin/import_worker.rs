//! Does the imports that wait in a store, as `northing serve` does after a start, until it is killed; says when it begins and when
//! nothing waits any more. `import_worker STORE MOMENT SEED`.

use anyhow::Result;
use northing_testkit::worker;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "its output says when to kill it")]
async fn main() -> Result<()> {
    let (app, _) = worker::asked().await?;
    app.resume_work().await?;
    println!("working");
    while app.work_once("worker").await? {}
    println!("done");
    Ok(())
}
