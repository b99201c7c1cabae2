// Writes dist/: one script, one stylesheet, the icons, each also packed, and the favicon. A file over its budget fails the build.
import { build } from "esbuild";
import { bundle, Features } from "lightningcss";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";

const SCRIPT_BUDGET = 25_000; // bytes compressed, htmx included
const STYLE_BUDGET = 18_000;

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });

await build({
  entryPoints: ["src/app.ts"],
  outfile: "dist/app.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "none",
  // The prebuilt module is already minified and half the work to read.
  alias: { "htmx.org": "./node_modules/htmx.org/dist/htmx.esm.min.js" },
  logLevel: "warning",
});

const { code } = bundle({
  filename: "css/app.css",
  minify: true,
  // light-dark() and nesting stay as written: every browser we support has them.
  exclude: Features.LightDark | Features.Nesting,
});
await writeFile("dist/app.css", code);
await copyFile("assets/icons.svg", "dist/icons.svg");
await copyFile("assets/favicon.svg", "dist/favicon.svg");

let failed = false;
for (const [file, budget] of [["app.js", SCRIPT_BUDGET], ["app.css", STYLE_BUDGET], ["icons.svg", 3_000]]) {
  const bytes = await readFile(`dist/${file}`);
  // Packed once here, as small as can be: the server sends them as they are.
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes);
  await writeFile(`dist/${file}.gz`, gzip);
  await writeFile(`dist/${file}.br`, brotli);
  const over = gzip.length > budget;
  failed ||= over;
  console.log(`${file}: ${gzip.length} B gzip, ${brotli.length} B brotli, budget ${budget} B${over ? "  OVER BUDGET" : ""}`);
}
if (failed) process.exit(1);
