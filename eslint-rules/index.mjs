// Defects that no type checker finds and that fail only at run time.

import { oneWay } from './one-way.mjs';

const PROVIDER_DECORATORS = new Set([
  'Injectable',
  'Controller',
  'AuthenticationController',
  'Catch',
  'Module',
  'WebSocketGateway',
]);
const RELATION_DECORATORS = new Set(['ManyToOne', 'OneToOne', 'OneToMany', 'ManyToMany']);

const decoratorName = ({ expression }) =>
  expression.type === 'CallExpression' ? expression.callee.name : expression.name;

const hasDecorator = (node, names) =>
  (node.decorators ?? []).some((decorator) => names.has(decoratorName(decorator)));

const importedAsType = (context, node, name) => {
  for (let scope = context.sourceCode.getScope(node); scope !== null; scope = scope.upper) {
    const definition = scope.set.get(name)?.defs[0];
    if (definition === undefined) continue;
    return (
      definition.type === 'ImportBinding' &&
      (definition.parent.importKind === 'type' || definition.node.importKind === 'type')
    );
  }
  return false;
};

const annotationOf = (parameter) =>
  (parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter).typeAnnotation?.typeAnnotation;

/** `import type` of an injected class compiles, but Nest then looks for a provider called Object. */
const injectedClassIsValue = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { type: "'{{name}}' is injected: import the class, not its type." },
  },
  create: (context) => ({
    'MethodDefinition[kind="constructor"]'(node) {
      if (!hasDecorator(node.parent.parent, PROVIDER_DECORATORS)) return;
      for (const parameter of node.value.params) {
        const annotation = annotationOf(parameter);
        if ((parameter.decorators ?? []).length > 0 || annotation?.type !== 'TSTypeReference') continue;
        const { name } = annotation.typeName;
        if (importedAsType(context, node, name))
          context.report({ node: parameter, messageId: 'type', data: { name } });
      }
    },
  }),
};

/** Without a type, TypeORM uses the emitted one. That is Object for a union, and the start fails. */
const columnNamesType = {
  meta: { type: 'problem', schema: [], messages: { type: '@Column() must name its type.' } },
  create: (context) => ({
    PropertyDefinition(node) {
      const column = (node.decorators ?? []).find((decorator) => decoratorName(decorator) === 'Column');
      const [argument] = column?.expression.arguments ?? [];
      if (column === undefined || argument?.type === 'CallExpression' || argument?.type === 'Identifier')
        return;
      const named =
        argument?.type === 'Literal' ||
        // A class of columns, as a function that returns it.
        argument?.type === 'ArrowFunctionExpression' ||
        (argument?.type === 'ObjectExpression' &&
          argument.properties.some((property) => property.key?.name === 'type'));
      if (!named) context.report({ node: column, messageId: 'type' });
    },
  }),
};

/** In ES modules, a cyclic import of an entity is not initialised yet when its metadata is emitted. */
const relationIsWrapped = {
  meta: { type: 'problem', schema: [], messages: { wrap: 'Type a relation as Relation<T>.' } },
  create: (context) => ({
    PropertyDefinition(node) {
      if (!hasDecorator(node, RELATION_DECORATORS)) return;
      const annotation = node.typeAnnotation?.typeAnnotation;
      const parts = annotation?.type === 'TSUnionType' ? annotation.types : [annotation];
      const wrapped = parts.some(
        (part) => part?.type === 'TSTypeReference' && part.typeName.name === 'Relation',
      );
      if (!wrapped) context.report({ node, messageId: 'wrap' });
    },
  }),
};

/** The shipped source must run as ES modules and as CommonJS. */
const bothModuleSystems = {
  meta: { type: 'problem', schema: [], messages: { no: '{{what}} does not work in both module systems.' } },
  create: (context) => {
    const report = (node, what) => context.report({ node, messageId: 'no', data: { what } });
    return {
      MetaProperty: (node) => node.meta.name === 'import' && report(node, 'import.meta'),
      'Identifier[name=/^__(dirname|filename)$/]': (node) => report(node, node.name),
      'Program > ExpressionStatement > AwaitExpression': (node) => report(node, 'Top-level await'),
      'Program > VariableDeclaration > VariableDeclarator > AwaitExpression': (node) =>
        report(node, 'Top-level await'),
    };
  },
};

export default {
  rules: {
    'injected-class-is-value': injectedClassIsValue,
    'column-names-type': columnNamesType,
    'relation-is-wrapped': relationIsWrapped,
    'both-module-systems': bothModuleSystems,
    'one-way': oneWay,
  },
};
