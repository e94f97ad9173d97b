import type { DataSourceOptions } from 'typeorm';
import type { Env } from '../config/env.js';
import type { Engine } from './engine.js';
import { postgresEngine } from './postgres/postgres-engine.js';
import { sqliteEngine } from './sqlite/sqlite-engine.js';

/** The engine that DATABASE_URL names. */
export const engineOf = ({ postgres }: Env): Engine => (postgres ? postgresEngine : sqliteEngine);

/** The engine that a connection goes to. */
export const engineBehind = ({ type }: DataSourceOptions): Engine =>
  type === 'sqlite' ? sqliteEngine : postgresEngine;
