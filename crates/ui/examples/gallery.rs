//! Writes the style guide and every sample page as files, to look at them without a server:
//! `cargo run -p northing-ui --example gallery -- <folder> <css and js>…`

use std::path::PathBuf;

use northing_core::preferences::Theme;
use northing_ui::gallery;
use northing_ui::layout::{self, Assets};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "gallery".to_owned()));
    std::fs::create_dir_all(&folder)?;
    let (js, css) = arguments.partition(|name| name.ends_with(".js"));
    let assets = Assets { css, js, ..Assets::default() };
    northing_ui::icons::serve_sprite_at("icons.svg");
    let ctx = gallery::ctx();
    for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        std::fs::write(
            folder.join(format!("styleguide-{name}.html")),
            gallery::page(&assets, theme).into_string(),
        )?;
        let mut shell = gallery::shell();
        shell.assets = assets.clone();
        shell.preferences.theme = theme;
        for (page, content) in gallery::pages(&ctx) {
            let html = layout::page(&ctx, &shell, &content).into_string();
            std::fs::write(folder.join(format!("{page}-{name}.html")), html)?;
        }
    }
    Ok(())
}
