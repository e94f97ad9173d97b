import { type DynamicModule, Module } from '@nestjs/common';
import { Env } from './env.js';

/** Gives every module the settings, as the class `Env`. */
@Module({})
export class ConfigModule {
  static forRoot(env: Env): DynamicModule {
    return { module: ConfigModule, global: true, providers: [{ provide: Env, useValue: env }], exports: [Env] };
  }
}
