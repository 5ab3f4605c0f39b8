import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

describeReal(['terraform'], 'another machine in config', () => {
  test('is its group, template, health check, subscriptions and grants, and touches no other machine', () => {
    const { code, output } = new RepositoryCopy().run('node', [
      '--import',
      'tsx',
      'rehearsal/main.ts',
      '--from',
      'estates/filmlinkd/variants/one-scraper.json',
      '--estate',
      'filmlinkd',
    ]);
    const changes = [...output.matchAll(/^ {4}(\w+) +(\S+?)_[0-9A-F]{8}$/gm)].map(([, what, address]) => `${what} ${address}`);
    expect(changes).toEqual([
      'created google_pubsub_subscription.commands_scraper-2-scraper',
      'created google_pubsub_subscription.commands_scraper-2-vip',
      'created google_pubsub_subscription_iam_member.commands_agent-takes-scraper-2-scraper',
      'created google_pubsub_subscription_iam_member.commands_agent-takes-scraper-2-vip',
      'created google_compute_health_check.scraper-2_health-check',
      'created google_compute_instance_group_manager.scraper-2_resource',
      'created google_compute_instance_template.scraper-2_template',
      'created google_pubsub_subscription_iam_member.scraper_consume-filmlinkd-command-subscription-scraper-2-scraper',
      'created google_pubsub_subscription_iam_member.scraper_consume-filmlinkd-command-subscription-scraper-2-vip',
      // delivery knows which machines there are
      'changed google_cloudbuild_trigger.trigger_resource',
    ]);
    expect(output).toContain('Nothing that holds data goes.');
    expect(code).toBe(0);
  });
});
