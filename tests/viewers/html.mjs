// SPDX-License-Identifier: MIT
// html.mjs PACKAGES CHROMIUM PAGE.. - opens reports from disk and does with them what people do; of each prints as a
// line of JSON what was complained of, what was asked of a network, what axe-core found, and how long things took.
// SCREENSHOTS=FOLDER keeps pictures: light and dark, wide and narrow.
import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , packages, chromium, ...files] = process.argv;
const require = createRequire(join(packages, 'package.json'));
const { chromium: browserType } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const WIDE = { width: 1400, height: 1000 };
const NARROW = { width: 400, height: 900 };

const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

function watch(page, result) {
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') result.errors.push(m.text()); });
  page.on('pageerror', (e) => result.errors.push(String(e.stack || e)));
  page.on('dialog', (d) => { result.errors.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on('request', (r) => { if (!/^(file|data|blob):/.test(r.url()) || r.url().split('#')[0] !== result.url) result.requests.push(r.url().slice(0, 200)); });
}

async function open(result, options, hash = '') {
  const page = await browser.newPage(options);
  watch(page, result);
  page.cpu = await cpuOf(page);
  await page.goto(result.url + hash);
  if (options.javaScriptEnabled !== false) {
    await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes', null, { timeout: 60000 });
    await page.waitForFunction(() => !document.getElementById('live') || document.documentElement.dataset.settled, null, { timeout: 60000 });
  }
  return page;
}

// What the page's main thread computed so far, in ms: other work on the machine does not count.
async function cpuOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find((m) => m.name === 'TaskDuration').value * 1000;
  };
}

// How long until what it does is painted; runs in the page, whose names it knows.
const timed = (page, code) => page.evaluate(async (text) => {
  const settled = document.documentElement.dataset.settled;
  const begin = performance.now();
  const f = document.createElement('div');
  f.remove();
  await (0, eval)(`(async () => { ${text} })()`);
  await new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 0)); });
  const took = performance.now() - begin;
  for (let i = 0; i < 400 && settled === document.documentElement.dataset.settled && text.includes('setScope'); i++) {
    await new Promise((done) => { setTimeout(done, 25); });
  }
  return Math.round(took * 10) / 10;
}, code);

async function find(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.length, target: v.nodes[0].target.join(' '),
    text: v.nodes[0].failureSummary }));
}

async function picture(page, result, name) {
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${result.file}-${name}.png`), fullPage: name !== 'scope' });
  }
}

// What people do with a page of calls; `seen` says what came of it.
async function use(page, result) {
  const seen = result.seen;
  const state = () => page.evaluate(() => ({ calls: store.sel.length, rows: calls.rows.length, first: calls.body.textContent.slice(0, 300),
    hash: location.hash, count: toolbar.count.textContent }));
  seen.all = await state();
  seen.measured = await page.evaluate(() => measureNames().map((m) => ({ ...m, name: store.meta.names[m.name] })));
  seen.trees = await page.evaluate(() => Object.values(TREES).map((tree) => tree('calls').total[0]));
  const call = seen.all.rows ? await page.evaluate(() => store.meta.names[store.name[0]]) : 'none';
  await page.keyboard.press('/');
  await page.keyboard.type(call, { delay: 5 });
  await page.waitForFunction((text) => store.scope.text === text, call);
  seen.searched = await state();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => store.scope.text === '');
  seen.cleared = await state();
  const box = await page.locator('canvas').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.9);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.02, { steps: 4 });
  await page.mouse.up();
  seen.dragged = await state();
  seen.dragged.statistics = await page.evaluate(() => { panels.statistics.refresh();
    return panels.statistics.table.rows().reduce((sum, row) => sum + cellValue(row.cells[3]), 0); });
  await picture(page, result, 'scope');
  result.hash = seen.dragged.hash;
  await page.evaluate(() => setScope(EVERYTHING()));
  await page.locator('.call-window').focus();
  await page.keyboard.press('End');
  seen.end = await page.evaluate(() => ({ active: calls.active, top: calls.top, last: calls.last() }));
  await page.keyboard.press('Enter');
  seen.details = seen.all.rows ? await page.evaluate(() => details.body.textContent) : '';
  await picture(page, result, 'details');
  await page.keyboard.press('Escape');
  seen.closed = await page.evaluate(() => details.box.hidden);
}

const STEPS = {
  sort: `calls.order = null; calls.sort(calls.columns.find((c) => c.name === 'dur'), calls.head.children[5])`,
  scroll: `calls.moveTop(calls.last() / 2)`,
  scroll_bar: `calls.window.scrollTop = calls.window.scrollHeight / 3`,
  filter_text: `setScope({ text: 'module12' })`,
  filter_call: `setScope({ text: '', names: new Set([0]) })`,
  filter_range: `setScope({ ...EVERYTHING(), t0: store.meta.end_ns / 4, t1: store.meta.end_ns / 2 })`,
  filter_none: `setScope(EVERYTHING())`,
};

// The least of some turns: other work on the machine only ever adds.
async function measure(page, result, cpu) {
  for (let turn = 0; turn < (Number(process.env.TURNS) || 1); turn++) {
    for (const [name, code] of Object.entries(STEPS)) {
      const before = await cpu();
      result.ms[name] = Math.min(result.ms[name] ?? Infinity, await timed(page, code));
      result.cpu_ms[name] = Math.min(result.cpu_ms[name] ?? Infinity, Math.round(await cpu() - before));
    }
  }
}

for (const file of files) {
  const result = { file: basename(file, '.html'), url: pathToFileURL(file).href, bytes: statSync(file).size, errors: [], requests: [],
    axe: {}, ms: {}, cpu_ms: {}, seen: {} };
  try {
    const page = await open(result, { viewport: WIDE, colorScheme: 'light' });
    result.ms.ready = await page.evaluate(() => Math.round(performance.getEntriesByName('ready')[0].startTime));
    result.cpu_ms.ready_and_drawn = Math.round(await page.cpu());
    result.heap_mb = await page.evaluate(() => Math.round((performance.memory || {}).usedJSHeapSize / 1e6));
    result.id = await page.evaluate(() => document.documentElement.id);
    result.title = await page.title();
    result.images = await page.evaluate(() => document.querySelectorAll('img, svg, iframe').length);
    result.text = await page.evaluate(() => document.body.innerText.slice(0, 4000));
    if (await page.evaluate(() => Boolean(document.getElementById('live')))) {
      await measure(page, result, page.cpu);
      await use(page, result);
    }
    result.axe.light = await find(page);
    await picture(page, result, 'light');
    await page.locator('.theme').click();
    result.axe.dark = await find(page);
    await picture(page, result, 'dark');
    await page.close();
    const narrow = await open(result, { viewport: NARROW, colorScheme: 'dark' }, result.hash || '');
    result.axe.narrow = await find(narrow);
    result.ms.ready = Math.min(result.ms.ready, await narrow.evaluate(() => Math.round(performance.getEntriesByName('ready')[0].startTime)));
    result.overflows = await narrow.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
    result.restored = await narrow.evaluate(() => (document.getElementById('live') ? store.sel.length : null));
    await picture(narrow, result, 'narrow');
    await narrow.close();
    const plain = await open(result, { viewport: WIDE, javaScriptEnabled: false });
    result.plain = (await plain.locator('body').innerText()).slice(0, 200000);
    await picture(plain, result, 'plain');
    await plain.close();
  } catch (e) {
    result.errors.push(String(e.stack || e));
  }
  console.log(JSON.stringify(result));
}
await browser.close();
