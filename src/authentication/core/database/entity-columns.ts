import { createHash } from 'node:crypto';
import type { DataSource, EntityMetadata, ObjectLiteral } from 'typeorm';
import type { Statement } from './database.js';

type Column = EntityMetadata['columns'][number];

/**
 * The columns of an entity in a statement of our own, and the way from its row back to the entity. They come from the
 * entity's metadata, so that a column that is added to an entity is there at once. Left out is what TypeORM would not
 * select either: columns with `select: false`, and those of relations.
 */
export class EntityColumns<Entity extends ObjectLiteral> {
  /** for SELECT: `u.id, u.realm, …` */
  readonly list: string;
  /** how many values of a row are this entity's */
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

  /** @param from the place of the first of these columns in the row */
  read(row: readonly unknown[], from: number): Entity {
    const entity = new this.entity();
    const { driver } = this.dataSource;
    this.columns.forEach((column, index) => {
      column.setEntityValue(entity, driver.prepareHydratedValue(row[from + index], column));
    });
    return entity;
  }
}

/** One name, one text: a server that has prepared another text under the name refuses this one. */
export function namedStatement(name: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { name: `authentication_${name}_${digest}`, text };
}
