//! `oddiya-load serve`: hosts the page and relays its requests to the one host it was started with.

/// Options of `oddiya-load serve`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Serves until interrupted.
pub async fn serve(_args: Args) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
