// For TypeScript of January 2018, whose types cover only browsers of that time; `make check` runs it on script.js.
// Declares that querySelector() and events always give elements, and the members that the script uses.

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
