import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { TablesModule } from '@bulkhead/tables';
import { UserContextModule } from '@bulkhead/user-context';
import { TablesController } from './tables.controller.ts';

/** Uploaded tables over REST. */
@Module({
  imports: [PersistenceModule, TablesModule, UserContextModule],
  controllers: [TablesController],
})
export class TableUploadModule {}
