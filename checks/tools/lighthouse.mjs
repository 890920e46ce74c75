// `node lighthouse.mjs ADDRESS CHROMIUM`: start, questions and guidance, with Lighthouse's own slow phone and network.
// Lighthouse wants a page that it went to, so the guidance is the one that a reader without script gets: by a POST.

import puppeteer from "puppeteer-core";
import { startFlow } from "lighthouse";

const [address, executablePath] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
const onlyCategories = ["performance", "accessibility", "best-practices"];
const flow = await startFlow(page, { config: { extends: "lighthouse:default", settings: { onlyCategories } } });

await flow.navigate(`${address}/`, { name: "start" });
await flow.navigate(`${address}/self`, { name: "questions" });
await flow.navigate(async () => {
  await page.click('input[name="q_symptoms"][value="seizure"]');
  await page.click('input[name="q_recent_change"][value="out"]');
  await page.evaluate(() => document.querySelector("#whole").remove());  // then the browser sends the form itself
  await page.click("#form button:not([type])");  // the others are of a type that sends nothing
}, { name: "guidance" });

const { steps } = await flow.createFlowResult();
await browser.close();

for (const { name, lhr } of steps) {
  const scores = Object.values(lhr.categories).map(({ id, score }) => `${id} ${Math.round(100 * score)}`);
  console.log(`${name.padEnd(10)} ${scores.join("   ")}   (${lhr.finalDisplayedUrl.replace(address, "")})`);
  for (const { id, auditRefs } of Object.values(lhr.categories)) {
    for (const audit of auditRefs.filter(({ weight }) => weight > 0).map((ref) => lhr.audits[ref.id])) {
      if (audit.score !== null && audit.score < 1) {
        console.log(`  ${id}: ${audit.id} ${audit.score} ${audit.displayValue ?? ""} ${audit.explanation ?? ""}`.trimEnd());
      }
    }
  }
}
