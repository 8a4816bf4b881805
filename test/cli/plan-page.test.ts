import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { phoneOf, Project } from './harness.ts';

const CHROMIUM = '/usr/bin/chromium';
const isMissing = !existsSync(CHROMIUM);
// `.ci/run` installs it.
if (isMissing)
  console.warn(`${CHROMIUM} is missing, and no page was opened. Install it with: apt-get install chromium`);

const NAMES = [
  '<img src="http://127.0.0.1:9/x">',
  '<script>document.title = "taken"</script>',
  'Jane Wanjiku wa Kamau',
];

/** Long enough for several printed pages. */
const ROWS = 120;

describe.skipIf(isMissing)('plan.html in Chromium', () => {
  let project: Project;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    project = await Project.open({ simulator: { balance: '5000.00' } });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const phone = phoneOf('0712');
    const rows = Array.from(
      { length: ROWS },
      (_, at) => `EMP-${at},${quoted(NAMES[at % 3] ?? '')},1${at}.50,${phone(at)}`,
    );
    await project.write('batches/november.csv', ['id,name,amount,mobile', ...rows, ''].join('\n'));
    await project.run('plan', 'batches/november.csv', '--out', 'plan.html');
    url = pathToFileURL(join(project.dir, 'plan.html')).href;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await project.close();
  });

  async function opened(options: Parameters<Browser['newPage']>[0]): Promise<{ page: Page; requests: string[] }> {
    const page = await browser.newPage(options);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url);
    return { page, requests };
  }

  it.each([1280, 360])('fits a screen of %d px, asks nobody for anything, and runs nothing', async (width) => {
    const { page, requests } = await opened({ viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(requests).toEqual([url]);
    expect(await page.title()).toBe('Plan of batch november');
    expect(await page.locator('script, img, link, iframe').count()).toBe(0);
    await page.close();
  });

  it('has every row, each name as it was written', async () => {
    const { page } = await opened({ javaScriptEnabled: false });
    const cells = await page.locator('.rows tbody tr td:nth-child(3)').allTextContents();
    expect(cells).toEqual(Array.from({ length: ROWS }, (_, at) => NAMES[at % 3]));
    expect(await page.locator('.rows tbody tr').first().locator('td').allTextContents()).toEqual([
      ...['2', 'EMP-0', NAMES[0], 'mobile +254712200009', '10.50 KES', 'demo', 'planned'],
      expect.stringMatching(/^[0-9A-Z]{20}$/),
    ]);
    await page.close();
  });

  it('shows what needs somebody before anything else', async () => {
    const { page } = await opened({ viewport: { width: 1280, height: 800 } });
    const headings = await page.locator('h2').allTextContents();
    expect(headings[0]).toMatch(/^Refused/);
    expect(headings.at(-1)).toBe(`All ${ROWS} payments`);
    await page.close();
  });

  it('is dark for a reader of dark pages, light on paper, and prints its rows on several pages', async () => {
    const { page } = await opened({ colorScheme: 'dark' });
    const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(20, 24, 27)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
    expect(await background()).toBe('rgb(255, 255, 255)');
    const pdf = await page.pdf({ format: 'A4' });
    expect([...pdf.toString('latin1').matchAll(/\/Type \/Page\b/g)].length).toBeGreaterThan(2);
    await page.close();
  });
});
