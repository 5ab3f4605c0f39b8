import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { estates } from '../../estates/index';
import { pictureFile } from '../../scripts/support/picture/picture';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

/** What the browser says of a picture. */
interface Seen {
  /** As an image: a README shows it so. Not well-formed, it is none. */
  readonly isImage: boolean;
  readonly size: readonly [number, number];
  /** Of the card, near its corner: red, green, blue. */
  readonly card: readonly number[];
  /** Texts that are wider in the browser's font than they were measured, by more than a pixel. */
  readonly tooWide: readonly string[];
  /** Texts that reach out of the picture. */
  readonly outside: readonly string[];
  readonly texts: number;
}

/** Runs in the page: `{{SVG}}` is the picture, as a string of JavaScript. */
const LOOK = `
  const svg = {{SVG}};
  const say = (seen) => { document.getElementById('seen').textContent = JSON.stringify(seen); };
  const image = new Image();
  image.onerror = () => say({ isImage: false });
  image.onload = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const card = [...context.getImageData(12, 12, 1, 1).data].slice(0, 3);
    document.getElementById('inside').innerHTML = svg;
    const texts = [...document.querySelectorAll('text')];
    const frame = document.querySelector('svg').getBoundingClientRect();
    const outside = texts.filter((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
    });
    const tooWide = texts.filter((text) => {
      const measured = Number(text.getAttribute('textLength'));
      text.removeAttribute('textLength');
      return text.getComputedTextLength() > measured + 1;
    });
    const says = (list) => list.map(({ textContent }) => textContent);
    say({ isImage: true, size: [image.width, image.height], card, tooWide: says(tooWide), outside: says(outside), texts: texts.length });
  };
  image.src = 'data:image/svg+xml,' + encodeURIComponent(svg);
`;

/** Chromium's setting for who prefers what. */
const SCREENS = { light: 1, dark: 0 } as const;

function look(svg: string, screen: keyof typeof SCREENS): Seen {
  const folder = mkdtempSync(join(tmpdir(), 'look-'));
  try {
    const page = join(folder, 'page.html');
    const script = LOOK.replace('{{SVG}}', () => JSON.stringify(svg).replaceAll('</', '<\\/'));
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><div id="inside"></div><pre id="seen"></pre><script>${script}</script>`);
    const { stdout, stderr } = spawnSync(
      'chromium',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking'],
        '--host-resolver-rules=MAP * ~NOTFOUND', // nobody is asked
        ...[`--user-data-dir=${join(folder, 'profile')}`, '--virtual-time-budget=20000', `--blink-settings=preferredColorScheme=${SCREENS[screen]}`],
        ...['--dump-dom', `file://${page}`],
      ],
      { encoding: 'utf8', timeout: 120_000, killSignal: 'SIGKILL' },
    );
    const seen = /<pre id="seen">([^<]+)<\/pre>/.exec(stdout)?.[1];
    if (seen === undefined) throw new Error(`chromium showed nothing: ${stderr}`);
    return JSON.parse(seen.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describeReal(['chromium'], 'the pictures in a browser', () => {
  const committed = (name: string) => readFileSync(join(ROOT, pictureFile(name)), 'utf8');

  test.each(estates.map(({ name }) => name))('%s is an image, light and dark, and its text fits', (name) => {
    const svg = committed(name);
    const [light, dark] = [look(svg, 'light'), look(svg, 'dark')];
    for (const seen of [light, dark]) {
      expect(seen).toMatchObject({ isImage: true, tooWide: [], outside: [] });
      expect(seen.texts).toBe(svg.match(/<text /g)?.length);
      expect(seen.size).toEqual(/viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.slice(1).map(Number));
    }
    expect(light.card).toEqual([255, 255, 255]);
    expect(dark.card).toEqual([13, 17, 23]);
  });

  test('a broken one is none, and text that is too wide is seen', () => {
    const svg = committed('vulpine');
    expect(look(svg.replace('</svg>', '<g></svg>'), 'light').isImage).toBe(false);
    expect(look(svg.replace('>smithwicks</text>', '>smithwicks, and much more</text>'), 'light').tooWide).toEqual(['smithwicks, and much more']);
  });
});
