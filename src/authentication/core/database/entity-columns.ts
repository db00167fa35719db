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
  private readonly columns: readonly Column[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly entity: new () => Entity,
    alias: string,
  ) {
    this.columns = dataSource
      .getMetadata(entity)
      .columns.filter((column) => column.isSelect && !column.isVirtual && !column.isVirtualProperty);
    this.list = this.columns.map(({ databaseName }) => `${alias}."${databaseName}"`).join(', ');
    this.count = this.columns.length;
  }

  /** @param from the index of the first of these columns in the row */
  read(row: readonly unknown[], from: number): Entity {
    const entity = new this.entity();
    const { driver } = this.dataSource;
    this.columns.forEach((column, index) => {
      column.setEntityValue(entity, driver.prepareHydratedValue(row[from + index], column));
    });
    return entity;
  }
}

/** Adds a digest of the text to the name: a connection that prepared another text under a name refuses this one. */
export function namedStatement(name: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { name: `authentication_${name}_${digest}`, text };
}
