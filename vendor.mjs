// Copies the scripts and fonts that the screens and the printed papers need from node_modules
// into static/vendor, which git ignores. Run by ./motcham after `npm ci`; needs nothing but node.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const from = "node_modules";
const to = "static/vendor";

const scripts = ["htmx.org/dist/htmx.min.js"];

const screenFonts = ["vietnamese", "latin-ext", "latin"].flatMap((subset) =>
  [400, 500, 600, 700].map(
    (weight) => `@fontsource/be-vietnam-pro/files/be-vietnam-pro-${subset}-${weight}-normal.woff2`,
  ),
);

const paperFonts = ["400Regular", "400Regular_Italic", "500Medium", "600SemiBold", "700Bold"].map(
  (face) => `@expo-google-fonts/be-vietnam-pro/${face}/BeVietnamPro_${face}.ttf`,
);

const licences = [
  ["@expo-google-fonts/be-vietnam-pro/LICENSE_FONT", "fonts/OFL.txt"],
  ["simple-keyboard/LICENSE", "simple-keyboard.LICENSE.txt"],
];

rmSync(to, { recursive: true, force: true });
mkdirSync(join(to, "fonts"), { recursive: true });
for (const path of scripts) copyFileSync(join(from, path), join(to, basename(path)));
copyFileSync(join(from, "simple-keyboard/build/index.modern.js"), join(to, "simple-keyboard.js"));
for (const path of [...screenFonts, ...paperFonts]) {
  copyFileSync(join(from, path), join(to, "fonts", basename(path)));
}
for (const [path, name] of licences) copyFileSync(join(from, path), join(to, name));
