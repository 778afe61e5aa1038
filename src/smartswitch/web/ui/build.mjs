// Builds what the browser loads into dist/static: one stylesheet, two scripts, one sheet of icons, fonts, images. Every name
// carries a hash of its content, staticfiles.json tells Django the names, and .gz and .br stand beside what compresses.
// Translations are compiled into dist/locale. Run by `npm run build` after `npm ci`; the result is never committed.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import gettextParser from "gettext-parser";

const here = dirname(fileURLToPath(import.meta.url));
const finished = join(here, "dist");
const target = join(here, "dist.new");
const packageFile = (name) => join(here, "node_modules", name);
const asset = (name) => join(here, "assets", name);
const text = (file) => readFileSync(file, "utf8");

const FONT_FILES = ["cyrillic-wght-normal", "latin-wght-normal"];
const HASH_DIGITS = 12;

const SCRIPTS = {
  // Runs before the first paint, so that a dark page never flashes white.
  "theme.js": [asset("js/theme.js")],
  "app.js": [
    packageFile("@tabler/core/dist/js/tabler.min.js"),
    packageFile("htmx.org/dist/htmx.min.js"),
    packageFile("idiomorph/dist/idiomorph-ext.min.js"),
    asset("js/clock.js"),
    asset("js/copy.js"),
    asset("js/pages.js"),
    asset("js/webauthn.js"),
    asset("js/search.js"),
    asset("js/edit_in_place.js"),
    asset("js/brand.js"),
  ],
};
const STYLES = {
  "app.css": [
    packageFile("@tabler/core/dist/css/tabler.min.css"),
    asset("css/fonts.css"),
    asset("css/smartswitch.css"),
    asset("css/prices.css"),
  ],
};

const hashed = {};

function write(name, content) {
  const bytes = Buffer.from(content);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, HASH_DIGITS);
  const extension = extname(name);
  hashed[name] = `${name.slice(0, -extension.length)}.${digest}${extension}`;
  const file = join(target, "static", hashed[name]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  if (extension !== ".woff2") {
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
}

const withoutMap = (content) => content.replace(/\/[/*]# sourceMappingURL=.*$/gm, "");

// An address in a stylesheet is that of another asset; it gets that asset's hashed name.
function withHashedAddresses(css) {
  return css.replace(/url\("?asset:([^")]+)"?\)/g, (_, name) => {
    if (!(name in hashed)) throw new Error(`the stylesheet names ${name}, which is no asset`);
    return `url("${hashed[name]}")`;
  });
}

function iconSheet(names) {
  const symbols = names.map((name) => {
    const drawing = text(packageFile(`@tabler/icons/icons/outline/${name}.svg`))
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/\s+/g, " ");
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

function compileTranslations() {
  for (const language of readdirSync(join(here, "locale"))) {
    const source = readFileSync(join(here, "locale", language, "LC_MESSAGES", "django.po"));
    const folder = join(target, "locale", language, "LC_MESSAGES");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "django.mo"), gettextParser.mo.compile(gettextParser.po.parse(source)));
  }
}

rmSync(target, { recursive: true, force: true });
for (const name of FONT_FILES) {
  write(`inter-${name}.woff2`, readFileSync(packageFile(`@fontsource-variable/inter/files/inter-${name}.woff2`)));
}
for (const name of readdirSync(asset("img"))) write(basename(name), readFileSync(asset(`img/${name}`)));
write("icons.svg", iconSheet(JSON.parse(text(asset("icons.json")))));
for (const [name, files] of Object.entries(SCRIPTS)) write(name, files.map((file) => withoutMap(text(file))).join("\n;\n"));
for (const [name, files] of Object.entries(STYLES)) {
  write(name, withHashedAddresses(files.map((file) => withoutMap(text(file))).join("\n")));
}
compileTranslations();
writeFileSync(join(target, "static", "staticfiles.json"), JSON.stringify({ version: "1.1", paths: hashed, hash: "" }));
rmSync(finished, { recursive: true, force: true });
renameSync(target, finished);
