// For TypeScript of January 2018, which knows what a browser of then could do: `make check` lets it read templates/script.js.
// Said here: what querySelector() and events give us is always an element, and what the script may ask of it.

interface Element {
  checked: boolean;
  dataset: DOMStringMap;
  focus(): void;
  href: string;
  offsetHeight: number;
  style: CSSStyleDeclaration;
  type: string;
}
interface EventTarget { closest(selector: string): HTMLElement; dataset: DOMStringMap; submit(): void; }
interface ParentNode { prepend(...nodes: Node[]): void; }   // since 2016, and Safari 10

// Younger, and only set: an old browser keeps the word and does nothing with it.
interface CSSStyleDeclaration { scrollPaddingTop: string; }
