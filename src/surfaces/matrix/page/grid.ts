import { cellLabel, type CellView, type MatrixView, type Part } from '../matrixView.ts';
import type { Seen } from '../matrixData.ts';

const size = { row: 26, column: 136, names: 240, head: 58 } as const;

/** Rows and columns that are drawn beyond those in sight, so that scrolling shows no gaps. */
const margin = 3;

/** Where somebody is in the grid. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** What the grid tells of what somebody does in it. */
export interface GridEvents {
  readonly chosen: (pair: number) => void;
  readonly probe: (pair: number) => void;
  /** A cell that stands for many was opened. */
  readonly opened: (place: Place) => void;
}

/** The grid: it draws what is in sight of however many cells there are, and moves by keyboard and mouse. */
export class Grid {
  readonly #root: HTMLElement;
  readonly #events: GridEvents;
  #view: MatrixView | undefined;
  #active: Place = { row: 0, column: 0 };
  #drawn = '';

  constructor(root: HTMLElement, events: GridEvents) {
    this.#root = root;
    this.#events = events;
    root.addEventListener('scroll', () => {
      this.#draw(false);
    });
    root.addEventListener('keydown', (event) => {
      if (this.#key(event)) event.preventDefault();
    });
    root.addEventListener('click', (event) => {
      this.#click(event);
    });
    new ResizeObserver(() => {
      this.#draw(false);
    }).observe(root);
  }

  /** Shows a matrix; whoever is in it stays where they are as far as that is still there. */
  show(view: MatrixView): void {
    this.#view = view;
    this.#root.setAttribute('aria-rowcount', String(view.rows.length + 1));
    this.#root.setAttribute('aria-colcount', String(view.columns.length + 1));
    this.#active = this.#within(this.#active);
    this.#draw(true);
  }

  /** Draws again, for what cells say has changed. */
  refresh(): void {
    this.#draw(true);
  }

  #within({ row, column }: Place): Place {
    const { rows, columns } = this.#view ?? { rows: [], columns: [] };
    return {
      row: Math.max(0, Math.min(row, rows.length - 1)),
      column: Math.max(0, Math.min(column, columns.length - 1)),
    };
  }

  #draw(force: boolean): void {
    const view = this.#view;
    if (view === undefined) return;
    if (view.rows.length === 0 || view.columns.length === 0) {
      this.#drawn = '';
      this.#root.replaceChildren(element('div', 'empty', 'Nothing here fits what is shown.'));
      return;
    }
    const rows = span(
      this.#root.scrollTop,
      this.#root.clientHeight - size.head,
      size.row,
      view.rows.length,
    );
    const columns = span(
      this.#root.scrollLeft,
      this.#root.clientWidth - size.names,
      size.column,
      view.columns.length,
    );
    const drawn = `${rows.join('-')} ${columns.join('-')}`;
    if (!force && drawn === this.#drawn) return;
    this.#drawn = drawn;
    const sizer = element('div', 'sizer');
    sizer.setAttribute('role', 'presentation');
    sizer.style.width = `${size.names + view.columns.length * size.column}px`;
    sizer.style.height = `${size.head + view.rows.length * size.row}px`;
    sizer.append(this.#head(view, columns));
    for (let row = rows[0]; row < rows[1]; row++) sizer.append(this.#row(view, row, columns));
    const { scrollTop, scrollLeft } = this.#root;
    this.#root.replaceChildren(sizer);
    this.#root.scrollTo(scrollLeft, scrollTop);
    this.#mark();
  }

  #head(view: MatrixView, columns: Span): HTMLElement {
    const head = line('row head', { row: 0, height: size.head }, view.columns.length);
    head.append(named('columnheader', 'from \\ to', 0, size.head));
    for (let column = columns[0]; column < columns[1]; column++) {
      const name = view.columns[column] ?? '';
      const cell = at('cell', 'columnheader', column, size.head);
      cell.textContent = name;
      cell.title = name;
      head.append(cell);
    }
    return head;
  }

  #row(view: MatrixView, row: number, columns: Span): HTMLElement {
    const name = view.rows[row] ?? '';
    const shown = line('row', { row: row + 1, height: size.row }, view.columns.length);
    shown.style.top = `${size.head + row * size.row}px`;
    shown.append(named('rowheader', name, row + 1, size.row));
    for (let column = columns[0]; column < columns[1]; column++) {
      const content = view.cell(row, column);
      const cell = at('cell', 'gridcell', column, size.row);
      cell.id = `cell-${row}-${column}`;
      cell.dataset['row'] = String(row);
      cell.dataset['column'] = String(column);
      cell.setAttribute('aria-label', cellLabel(name, view.columns[column] ?? '', content));
      if (content.unlike) cell.classList.add('unlike');
      cell.append(...parts(content));
      cell.title = cell.getAttribute('aria-label') ?? '';
      shown.append(cell);
    }
    return shown;
  }

  #mark(): void {
    const { row, column } = this.#active;
    for (const old of this.#root.querySelectorAll('.active')) old.classList.remove('active');
    const cell = this.#root.querySelector(`#cell-${row}-${column}`);
    cell?.classList.add('active');
    cell?.setAttribute('aria-selected', 'true');
    if (cell === null) this.#root.removeAttribute('aria-activedescendant');
    else this.#root.setAttribute('aria-activedescendant', cell.id);
  }

  #move(to: Place): void {
    this.#active = this.#within(to);
    const { row, column } = this.#active;
    const { clientHeight, clientWidth, scrollTop, scrollLeft } = this.#root;
    const top = intoSight(scrollTop, clientHeight - size.head, row * size.row, size.row);
    const left = intoSight(scrollLeft, clientWidth - size.names, column * size.column, size.column);
    this.#root.scrollTo(left, top);
    this.#draw(false);
    this.#mark();
  }

  #key(event: KeyboardEvent): boolean {
    const { row, column } = this.#active;
    const page = Math.max(1, Math.floor((this.#root.clientHeight - size.head) / size.row) - 1);
    const far = Number.MAX_SAFE_INTEGER;
    const isWhole = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, Place>> = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      Home: { row: isWhole ? 0 : row, column: 0 },
      End: { row: isWhole ? far : row, column: far },
      PageUp: { row: row - page, column },
      PageDown: { row: row + page, column },
    };
    const to = moves[event.key];
    if (to !== undefined) this.#move(to);
    else if (event.key === 'Enter' || event.key === ' ') this.#choose();
    else if (event.key === 'p' && !isWhole && !event.altKey) this.#probe();
    else return false;
    return true;
  }

  #click(event: MouseEvent): void {
    const cell =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
    if (cell === null) return;
    this.#move({ row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) });
    this.#choose();
  }

  #choose(): void {
    const pair = this.#pair();
    if (pair === undefined) this.#events.opened(this.#active);
    else this.#events.chosen(pair);
  }

  #probe(): void {
    const pair = this.#pair();
    if (pair !== undefined) this.#events.probe(pair);
  }

  #pair(): number | undefined {
    const { row, column } = this.#active;
    return this.#view?.cell(row, column).pair;
  }
}

/** From the first of what is drawn to behind the last. */
type Span = readonly [first: number, end: number];

function span(scrolled: number, room: number, each: number, count: number): Span {
  const first = Math.max(0, Math.floor(scrolled / each) - margin);
  const end = Math.min(count, Math.ceil((scrolled + Math.max(room, each)) / each) + margin);
  return [Math.min(first, count), end];
}

/** How far to scroll so that something is in sight, and no farther. */
function intoSight(scrolled: number, room: number, from: number, length: number): number {
  if (from < scrolled) return from;
  return from + length > scrolled + room ? from + length - room : scrolled;
}

export function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== '') made.textContent = text;
  return made;
}

function line(
  className: string,
  { row, height }: { readonly row: number; readonly height: number },
  columns: number,
): HTMLElement {
  const made = element('div', className);
  made.setAttribute('role', 'row');
  made.setAttribute('aria-rowindex', String(row + 1));
  made.style.height = `${height}px`;
  made.style.width = `${size.names + columns * size.column}px`;
  return made;
}

function named(role: string, name: string, row: number, height: number): HTMLElement {
  const made = element('div', 'name', name);
  made.setAttribute('role', role);
  made.setAttribute('aria-colindex', '1');
  made.id = `name-${row}`;
  made.title = name;
  made.style.width = `${size.names}px`;
  made.style.height = `${height}px`;
  made.style.lineHeight = `${height}px`;
  return made;
}

function at(className: string, role: string, column: number, height: number): HTMLElement {
  const made = element('div', className);
  made.setAttribute('role', role);
  made.setAttribute('aria-colindex', String(column + 2));
  made.style.left = `${size.names + column * size.column}px`;
  made.style.width = `${size.column}px`;
  made.style.height = `${height}px`;
  return made;
}

/** Predicted, observed and probed side by side; a change as an arrow. */
function parts({ pair, predicted, after, observed, probed }: CellView): readonly HTMLElement[] {
  const isChanged = after.length > 0 && symbolsOf(after) !== symbolsOf(predicted);
  const change = isChanged ? [element('span', 'fate none', '→'), ...after.map(fateOf(pair))] : [];
  const own = [...predicted.map(fateOf(pair)), ...change];
  return pair === undefined ? own : [...own, seenPart(observed), seenPart(probed)];
}

function symbolsOf(of: readonly Part[]): string {
  return of.map(({ fate, count }) => `${fate.symbol}${count}`).join(' ');
}

function fateOf(pair: number | undefined): (part: Part) => HTMLElement {
  return ({ fate, count }) =>
    element(
      'span',
      `fate ${fate.tone}`,
      pair === undefined ? `${fate.symbol} ${count}` : fate.symbol,
    );
}

function seenPart(seen: Seen | undefined): HTMLElement {
  return seen === undefined
    ? element('span', 'fate none', '·')
    : element(
        'span',
        `fate ${seen.fate.tone}`,
        seen.unlike ? `${seen.fate.symbol}!` : seen.fate.symbol,
      );
}
