import { Module } from '@nestjs/common';
import { ModelsModule } from '@bulkhead/models';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { RunUsageModule } from '../usage/run-usage.module.ts';
import { RunConversation } from './run-conversation.service.ts';
import { ThreadSummaries } from './thread-summaries.service.ts';
import { ThreadTurns } from './thread-turns.service.ts';

/** The turns of a thread, as far as an agent is told them. */
@Module({
  imports: [ModelsModule, PersistenceModule, UserContextModule, RunUsageModule],
  providers: [RunConversation, ThreadSummaries, ThreadTurns],
  exports: [RunConversation],
})
export class ConversationModule {}
