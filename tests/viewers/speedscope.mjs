// SPDX-License-Identifier: MIT
// speedscope.mjs PACKAGES CHROMIUM FILE.. - opens each file in speedscope, without network, and prints as a line
// of JSON what came of it: how it was imported, the title of the page, the text on it
// and what was complained of.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tmpdir } from 'node:os';

const [, , packages, chromium, ...files] = process.argv;
const require = createRequire(join(packages, 'package.json'));
const { chromium: browserType } = require('playwright-core');

const place = mkdtempSync(join(tmpdir(), 'speedscope-'));
cpSync(join(packages, 'node_modules/speedscope/dist/release'), place, { recursive: true });
const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox', '--allow-file-access-from-files'] });
try {
  for (const [i, file] of files.entries()) {
    const name = basename(file);
    const base64 = readFileSync(file).toString('base64');
    writeFileSync(join(place, `profile${i}.js`), `speedscope.loadFileFromBase64(${JSON.stringify(name)}, "${base64}")`);
    const page = await browser.newPage();
    const result = { file: name, imported: null, errors: [], requests: [] };
    page.on('console', (m) => {
      const as = /Importing as (.*)/.exec(m.text());
      if (as) result.imported = as[1];
      else if (m.type() === 'error') result.errors.push(m.text());
    });
    page.on('pageerror', (e) => result.errors.push(String(e)));
    page.on('dialog', (d) => { result.errors.push(d.message()); d.dismiss(); });
    page.on('request', (r) => { if (!/^(file|data|blob):/.test(r.url())) result.requests.push(r.url()); });
    await page.goto(`${pathToFileURL(join(place, 'index.html'))}#localProfilePath=${encodeURIComponent(join(place, `profile${i}.js`))}`);
    // Either it is shown, or it says that it cannot.
    await page.waitForFunction(() => / - speedscope$/.test(document.title) ||
      /went wrong|Unrecognized/.test(document.body.innerText), null, { timeout: 10000 }).catch((e) => result.errors.push(String(e)));
    result.title = await page.title();
    result.text = await page.evaluate(() => document.body.innerText);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
    console.log(JSON.stringify(result));
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(place, { recursive: true });
}
