// Builds static/build from static/src and the packages: styles, font and scripts. Run by `npm run build`.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const build = join(here, "build");
const packages = join(here, "..", "node_modules");
const FONT_STYLES = ["400-normal", "400-italic", "600-normal", "700-normal"];
const FONT_ALPHABETS = ["latin", "latin-ext"];

for (const folder of ["css", "js", "fonts"]) {
  rmSync(join(build, folder), { recursive: true, force: true });
  mkdirSync(join(build, folder), { recursive: true });
}

const { css } = sass.compile(join(source, "portal.scss"), {
  loadPaths: [packages],
  style: "compressed",
  quietDeps: true,
});
writeFileSync(join(build, "css", "portal.css"), css);

for (const name of readdirSync(source)) {
  if (name.endsWith(".css")) cpSync(join(source, name), join(build, "css", name));
  if (name.endsWith(".js")) cpSync(join(source, name), join(build, "js", name));
}

for (const alphabet of FONT_ALPHABETS) {
  for (const style of FONT_STYLES) {
    const name = `source-sans-3-${alphabet}-${style}.woff2`;
    cpSync(join(packages, "@fontsource", "source-sans-3", "files", name), join(build, "fonts", name));
  }
}
cpSync(join(packages, "@fontsource", "source-sans-3", "LICENSE"), join(build, "fonts", "LICENSE.txt"));

// The comment that names a source map goes, because the map is not shipped and hashed storage looks for it.
const frontend = readFileSync(join(packages, "govuk-frontend", "dist", "govuk", "govuk-frontend.min.js"), "utf8");
writeFileSync(join(build, "js", "govuk-frontend.min.js"), frontend.replace(/\n?\/\/# sourceMappingURL=.*$/m, "\n"));

for (const needed of ["css/portal.css", "js/portal.js", "js/govuk-frontend.min.js"]) {
  if (!existsSync(join(build, needed))) throw new Error(`${needed} was not built`);
}
