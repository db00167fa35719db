import { createHash } from 'node:crypto';
import type { DataSource, EntityMetadata, ObjectLiteral } from 'typeorm';
import type { Statement } from './database.js';

type Column = EntityMetadata['columns'][number];

/**
 * The columns of an entity for an SQL statement of ours, and the way back from its row to the entity. They come from the
 * entity's metadata, so that a column that you add to the entity is selected without further changes. Columns with
 * `select: false` and columns of relations are left out, as TypeORM does.
 */
export class EntityColumns<Entity extends ObjectLiteral> {
  /** for SELECT: `u.id, u.realm, …` */
  readonly list: string;
  /** how many values of a row belong to this entity */
  readonly count: number;
  private readonly fields: readonly { readonly column: Column; readonly isPlain: boolean }[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly entity: new () => Entity,
    alias: string,
  ) {
    const columns = dataSource
      .getMetadata(entity)
      .columns.filter((column) => column.isSelect && !column.isVirtual && !column.isVirtualProperty);
    this.list = columns.map(({ databaseName }) => `${alias}."${databaseName}"`).join(', ');
    this.count = columns.length;
    this.fields = columns.map((column) => ({ column, isPlain: isPlain(column) }));
  }

  /** @param from the index of the first of these columns in the row */
  read(row: readonly unknown[], from: number): Entity {
    const entity = new this.entity();
    const { driver } = this.dataSource;
    let index = from;
    for (const { column, isPlain } of this.fields) {
      const value = row[index];
      if (isPlain) (entity as Record<string, unknown>)[column.propertyName] = value;
      else column.setEntityValue(entity, driver.prepareHydratedValue(value, column));
      index += 1;
    }
    return entity;
  }
}

/** TypeORM changes no value of these types. To ask it for each takes half of the time of a row. */
const PLAIN_TYPES: ReadonlySet<unknown> = new Set(['text', 'boolean', 'bytea', 'uuid']);

function isPlain({ type, transformer, embeddedMetadata, isArray }: Column): boolean {
  return PLAIN_TYPES.has(type) && transformer === undefined && embeddedMetadata === undefined && !isArray;
}

/** Adds a digest of the text to the name: a connection that prepared another text under a name refuses this one. */
export function namedStatement(name: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { name: `authentication_${name}_${digest}`, text };
}
