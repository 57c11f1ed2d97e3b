//! `oddiya-load stub`: an embedded stand-in for an Oddiya host.

/// Options of `oddiya-load stub`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Serves until interrupted.
pub async fn serve(_args: Args) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
