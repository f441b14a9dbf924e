// Build the widgets' bundles, and record from which sources; a test compares the record.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const SOURCES = "components/src";
const BUNDLES = "components/dist";
const SCRIPTS = ["session_cookie", "google_consent", "form_memory"]; // without a style sheet
const WIDGETS = ["arc_editor", "before_after", "drop_zone", "player", "sound_picture", "stem_player", "track_sound", "track_table"];
const LICENSED = ["wavesurfer.js", "sortablejs"];

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
const names = (folder) => readdirSync(folder).sort();

/** One digest of all that decides what a bundle contains. */
function sourceDigest() {
  const files = ["build.js", "package-lock.json", ...names(SOURCES).map((name) => `${SOURCES}/${name}`)];
  return sha256(...files.flatMap((file) => [file, "\0", readFileSync(file), "\0"]));
}

rmSync(BUNDLES, { recursive: true, force: true });
await build({
  entryPoints: [...[...WIDGETS, ...SCRIPTS].map((name) => `${SOURCES}/${name}.js`), ...WIDGETS.map((name) => `${SOURCES}/${name}.css`)],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "eof",
  outdir: BUNDLES,
});
writeFileSync(`${BUNDLES}/LICENSES.txt`, LICENSED.map((name) => readFileSync(`node_modules/${name}/LICENSE`, "utf8")).join(""));
const bundles = Object.fromEntries(names(BUNDLES).map((name) => [name, sha256(readFileSync(`${BUNDLES}/${name}`))]));
writeFileSync(`${BUNDLES}/build.json`, `${JSON.stringify({ sources: sourceDigest(), bundles }, null, 2)}\n`);
