ALTER TABLE "bulkhead"."messages" ADD COLUMN "finish_reason" text;--> statement-breakpoint
ALTER TABLE "bulkhead"."runs" ADD COLUMN "finish_reason" text;