import { Inject } from '@nestjs/common';

export const SETTINGS = Symbol('authentication settings');

/** Injects the settings of this module. */
export const Settings = (): ParameterDecorator => Inject(SETTINGS);
