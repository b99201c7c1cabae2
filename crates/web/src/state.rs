//! What every handler shares.

use std::sync::Arc;

use northing_app::Northing;
use northing_ui::layout::Assets;

use crate::{assets, live};

/// How the site is reached.
#[derive(Debug, Clone, Copy, Default)]
pub struct SiteOptions {
    /// Browsers reach it by https (through a proxy): cookies are `Secure` and carry the `__Host-` prefix.
    pub https: bool,
    /// A proxy in front sets `X-Forwarded-For`; its last entry is the client's address.
    pub behind_proxy: bool,
    /// Serves the gallery of components at `/styleguide`.
    pub development: bool,
    /// How large the files of one import may be together.
    pub upload_limit: UploadLimit,
}

/// A number of mebibytes that people may upload at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimit(pub u32);

impl Default for UploadLimit {
    fn default() -> Self {
        Self(64)
    }
}

impl UploadLimit {
    /// In bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX).saturating_mul(1024 * 1024)
    }
}

/// What every handler shares; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub app: Northing,
    pub(crate) site: Arc<Site>,
}

pub(crate) struct Site {
    pub(crate) assets: Assets,
    pub(crate) options: SiteOptions,
    pub(crate) live: live::Hub,
}

impl AppState {
    /// Puts the site in front of the application.
    #[must_use]
    pub fn new(app: Northing, options: SiteOptions) -> Self {
        let assets = assets::addresses();
        // Whoever comes second finds it set to the same: the address depends on the embedded files alone.
        let _first = northing_ui::icons::serve_sprite_at(&assets.icons);
        Self { app, site: Arc::new(Site { assets, options, live: live::Hub::default() }) }
    }

    /// Ends what would stay open for ever: the live updates of pages. To be called when the process is to stop.
    pub fn end_live(&self) {
        self.site.live.end();
    }

    /// The addresses of style sheets and scripts.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.site.assets
    }
}
