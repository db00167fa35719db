/** What waits, by client and by group of clients. Groups take turns, and so do the clients of a group. */
export class Turns<T> {
  private readonly groups = new Map<string, Map<string, T[]>>();

  add(group: string, client: string, item: T): void {
    const clients = this.groups.get(group) ?? new Map<string, T[]>();
    this.groups.set(group, clients);
    clients.set(client, [...(clients.get(client) ?? []), item]);
  }

  /** The next item, and moves its group and its client to the end: a Map keeps the order of insertion. */
  next(): T | undefined {
    const [group, clients] = first(this.groups) ?? [];
    const [client, items] = first(clients) ?? [];
    if (group === undefined || client === undefined || clients === undefined) return undefined;
    const [item, ...others] = items ?? [];
    moveToEnd(clients, client, others, others.length === 0);
    moveToEnd(this.groups, group, clients, clients.size === 0);
    return item;
  }
}

function first<V>(map: ReadonlyMap<string, V> | undefined): [string, V] | undefined {
  return map?.entries().next().value;
}

function moveToEnd<V>(map: Map<string, V>, key: string, value: V, isEmpty: boolean): void {
  map.delete(key);
  if (!isEmpty) map.set(key, value);
}
