import type { BodyClass } from './body-extensions.js';

type Load = () => Promise<void>;

const LOADS = Symbol('what the rules of a body need');

/** `load` is awaited before the rules of the body are checked. */
export function LoadedBefore(load: Load): PropertyDecorator {
  return ({ constructor }) => {
    Reflect.defineMetadata(LOADS, new Set(loadsOf(constructor)).add(load), constructor);
  };
}

/** Waits for what the rules of these bodies need. */
export async function loadRules(parts: readonly BodyClass[]): Promise<void> {
  for (const load of parts.flatMap((part) => [...loadsOf(part)])) await load();
}

function loadsOf(part: object): ReadonlySet<Load> {
  return (Reflect.getMetadata(LOADS, part) as ReadonlySet<Load> | undefined) ?? new Set();
}
