/** An element whose listeners go when it goes. */
export abstract class Part extends HTMLElement {
  #left = new AbortController();

  connectedCallback(): void {
    this.#left = new AbortController();
    this.start(this.#left.signal);
  }

  disconnectedCallback(): void {
    this.#left.abort();
  }

  /** Adds listeners that end with `signal`. */
  protected abstract start(signal: AbortSignal): void;
}
