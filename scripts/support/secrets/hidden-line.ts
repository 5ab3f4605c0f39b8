/** What became of what was typed so far. */
export type Typed = 'more' | 'entered' | 'interrupted';

const ESCAPE = '\x1b';

/**
 * One line of a terminal in raw mode, which shows nothing and interprets nothing: Enter, Backspace, Ctrl-U, Ctrl-C and pastes are
 * ours to understand. A bracketed paste may hold line ends; Enter follows it.
 */
export class HiddenLine {
  private readonly typed: string[] = [];
  private escape = '';
  private isPaste = false;
  private last = '';
  /** Something came behind the line's end, and was not taken. */
  dropped = false;

  get value(): string {
    return this.typed.join('').replace(/(\r?\n)+$/, '');
  }

  feed(text: string): Typed {
    const characters = Array.from(text);
    for (const [i, character] of characters.entries()) {
      if (this.isEscape(character)) continue;
      if (this.isPaste) this.pasted(character);
      else if (character === '\r' || character === '\n') {
        this.dropped =
          characters
            .slice(i + 1)
            .join('')
            .trim() !== '';
        return 'entered';
      } else if (character === '\x03' || (character === '\x04' && this.typed.length === 0)) return 'interrupted';
      else if (character === '\x7f' || character === '\b') this.typed.pop();
      else if (character === '\x15') this.typed.length = 0;
      else if (isText(character)) this.typed.push(character);
    }
    return 'more';
  }

  /** A terminal sends line ends as the Enter key would. */
  private pasted(character: string): void {
    const isSecondHalf = character === '\n' && this.last === '\r';
    this.last = character;
    if (isSecondHalf) return;
    if (character === '\r' || character === '\n') this.typed.push('\n');
    else if (isText(character)) this.typed.push(character);
  }

  /** Arrow keys and their like say nothing here, but the ends of a paste do. */
  private isEscape(character: string): boolean {
    if (this.escape === '') {
      if (character === ESCAPE) this.escape = character;
      return character === ESCAPE;
    }
    if (this.escape === ESCAPE && character !== '[' && character !== 'O') {
      this.escape = '';
      return this.isEscape(character); // the Escape key alone
    }
    this.escape += character;
    const isDone = this.escape.length > 2 && /[@-~]/.test(character);
    if (isDone) {
      if (this.escape === `${ESCAPE}[200~`) this.isPaste = true;
      if (this.escape === `${ESCAPE}[201~`) this.isPaste = false;
      this.escape = '';
    }
    return true;
  }
}

function isText(character: string): boolean {
  return character === '\t' || character >= ' ';
}
