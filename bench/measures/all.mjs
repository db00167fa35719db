import { mixed } from './mixed.mjs';
import { request } from './request.mjs';
import { rate, signIn } from './sign-in.mjs';

export const MEASURES = [request, signIn, rate, mixed];
