import { writeFileSync } from 'node:fs';

import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import UPNG from 'upng-js';

import { boxOf, takePicture, type Box } from './pictures';

/** Milliseconds of a frame while something moves. */
const short = 60;

/** A moving picture of a window, with the mouse pointer, which screenshots don't have. */
export class Film {
  readonly #frames: { readonly pixels: Buffer; readonly milliseconds: number }[] = [];
  #at = { x: 0, y: 0 };
  #size = { width: 0, height: 0 };

  constructor(private readonly page: Page) {}

  /** How long the film takes, in seconds. */
  get seconds(): number {
    return this.#frames.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  }

  /** Adds what the window shows now. */
  async frame(milliseconds = short): Promise<void> {
    const picture = sharp(await takePicture(this.page)).ensureAlpha();
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    this.#size = { width: info.width, height: info.height };
    this.#frames.push({ pixels: data, milliseconds });
  }

  /** Shows the pointer at a place, without a frame. */
  async pointAt(x: number, y: number): Promise<void> {
    this.#at = { x, y };
    await this.page.mouse.move(x, y);
    await this.page.evaluate(`(${pointer})(${JSON.stringify(this.#at)})`);
  }

  /** Moves the pointer to an element, and clicks it. @param before milliseconds to show before the click */
  async click(what: Locator, before = 500): Promise<void> {
    const { x, y } = this.#at;
    const to = center(await boxOf(what));
    const steps = 6;
    for (let step = 1; step <= steps; step++) {
      const part = step / steps;
      await this.pointAt(x + (to.x - x) * part, y + (to.y - y) * part);
      await this.frame();
    }
    await this.frame(before);
    await what.click();
  }

  /** Saves the film as an APNG, which repeats. */
  save(file: string): void {
    const frames = this.#frames.map(({ pixels }) => new Uint8Array(pixels).buffer);
    const { width, height } = this.#size;
    const delays = this.#frames.map(({ milliseconds }) => milliseconds);
    const allColors = 0;
    writeFileSync(file, Buffer.from(UPNG.encode(frames, width, height, allColors, delays)));
  }
}

function center({ x, y, width, height }: Box) {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Draws the pointer. VS Code's page takes no HTML from scripts, so this creates the elements. */
const pointer = `({ x, y }) => {
  const svg = 'http://www.w3.org/2000/svg';
  let arrow = document.getElementById('film-pointer');
  if (!arrow) {
    arrow = document.createElementNS(svg, 'svg');
    arrow.id = 'film-pointer';
    arrow.setAttribute('width', '20');
    arrow.setAttribute('height', '24');
    const path = document.createElementNS(svg, 'path');
    path.setAttribute('d', 'M1 1v17l4-4 3 7 3-1.500-3-6.500h6z');
    path.setAttribute('fill', '#fff');
    path.setAttribute('stroke', '#000');
    arrow.append(path);
    Object.assign(arrow.style, { position: 'fixed', zIndex: 1e6, pointerEvents: 'none' });
    document.body.append(arrow);
  }
  Object.assign(arrow.style, { left: x + 'px', top: y + 'px' });
}`;
