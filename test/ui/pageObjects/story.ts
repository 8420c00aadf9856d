import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { outFolder } from '../../../scripts/project.ts';

/** Pictures of a window, one below the other, each under what it shows. */
export interface Story {
  /** Takes a picture of the whole window. */
  add(caption: string): Promise<void>;
  /** Puts all of them into one picture, `story-NAME.png`. */
  finish(): Promise<void>;
}

interface Step {
  readonly caption: string;
  readonly picture: string;
}

const colors = { dark: ['#1f1f1f', '#e0e0e0'], light: ['#ffffff', '#202020'] } as const;

export function openStory(page: Page, name: string): Story {
  const steps: Step[] = [];
  return {
    add: async (caption) => {
      const picture = await page.screenshot();
      steps.push({ caption, picture: picture.toString('base64') });
    },
    finish: async () => {
      const browser = page.context().browser();
      if (browser === null) throw new Error('The page belongs to no browser.');
      const viewport = page.viewportSize();
      const sheet = await browser.newPage({ viewport, deviceScaleFactor: 1.5 });
      const [background, text] = name === 'light' ? colors.light : colors.dark;
      const figures = steps.map(
        ({ caption, picture }) =>
          `<p>${caption}</p><img src="data:image/png;base64,${picture}" width="100%">`,
      );
      await sheet.setContent(
        `<body style="margin:0;background:${background};color:${text};font:600 19px system-ui,sans-serif">
         <style>p{margin:0;padding:14px 16px} img{display:block}</style>${figures.join('')}`,
      );
      const folder = process.env['PICTURES'] ?? join(outFolder, 'pictures');
      await sheet.screenshot({ path: join(folder, `story-${name}.png`), fullPage: true });
      await sheet.close();
    },
  };
}
