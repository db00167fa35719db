import type * as Swagger from '@nestjs/swagger';

/*
 * The decorators of @nestjs/swagger, applied when the OpenAPI document is made. The package loads 530 files, which is a
 * quarter of the time and memory of a start, and nothing but the document needs it.
 */

type Package = typeof Swagger;
type Place = [target: object, key?: string | symbol, descriptor?: unknown];
type Maker = (...options: unknown[]) => (...place: Place) => void;

/** What was decorated before the package was loaded, in this order. */
const waiting: ((annotations: Package) => void)[] = [];
let loaded: Package | undefined;

/** Loads @nestjs/swagger and applies what waits. @nestjs/swagger itself describes our routes only after this. */
export async function loadAnnotations(): Promise<void> {
  loaded ??= await import('@nestjs/swagger');
  for (const apply of waiting.splice(0)) apply(loaded);
}

/** @throws Error if `loadAnnotations` has not ended */
export function loadedAnnotations(): Package {
  if (loaded !== undefined) return loaded;
  throw new Error("openApi is 'on_demand': await loadAnnotations() before the OpenAPI document is made");
}

/** A decorator that is made when the document is. */
export function annotated(make: () => MethodDecorator): MethodDecorator {
  return (...place) => {
    whenLoaded(() => {
      (make() as (...place: Place) => void)(...today(place));
    });
  };
}

export const ApiBody = annotation('ApiBody');
export const ApiConsumes = annotation('ApiConsumes');
export const ApiExtension = annotation('ApiExtension');
export const ApiExtraModels = annotation('ApiExtraModels');
export const ApiOperation = annotation('ApiOperation');
export const ApiParam = annotation('ApiParam');
export const ApiProperty = annotation('ApiProperty');
export const ApiPropertyOptional = annotation('ApiPropertyOptional');
export const ApiQuery = annotation('ApiQuery');
export const ApiResponse = annotation('ApiResponse');
export const ApiSecurity = annotation('ApiSecurity');
export const ApiTags = annotation('ApiTags');

function annotation<Name extends keyof Package>(name: Name): Package[Name] {
  const later: Maker =
    (...options) =>
    (...place) => {
      whenLoaded((annotations) => {
        (annotations[name] as Maker)(...options)(...today(place));
      });
    };
  return later as Package[Name];
}

/** A method may have been replaced since it was decorated, as `OwnAnswer()` does: the route is the one of today. */
function today(place: Place): Place {
  const [target, key, descriptor] = place;
  if (key === undefined || descriptor === undefined) return place;
  return [target, key, Object.getOwnPropertyDescriptor(target, key) ?? descriptor];
}

function whenLoaded(apply: (annotations: Package) => void): void {
  if (loaded === undefined) waiting.push(apply);
  else apply(loaded);
}
