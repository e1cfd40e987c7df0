/** Everything the console shows, kept fresh by the server's events and, should those stop, every five seconds. */
import { problemText } from '$lib/app/problems';
import { readClinics, readNodes, readUsers } from './calls';
import { watchServer } from './events';
import type { Clinic, Node, User } from './types';

const pollMs = 5_000;

class Fleet {
  nodes = $state.raw<Node[]>([]);
  clinics = $state.raw<Clinic[]>([]);
  users = $state.raw<User[]>([]);
  loaded = $state(false);
  trouble = $state('');
  private running: Promise<void> | undefined;
  private again = false;

  /** Fetches all. A call during a round leads to another round: what changed meanwhile may not be in the first. */
  async refresh(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    do {
      this.again = false;
      this.running = this.fetch();
      await this.running;
    } while (this.again);
    this.running = undefined;
  }

  private async fetch(): Promise<void> {
    try {
      [this.nodes, this.clinics, this.users] = await Promise.all([readNodes(), readClinics(), readUsers()]);
      this.loaded = true;
      this.trouble = '';
    } catch (error) {
      this.trouble = problemText(error);
    }
  }

  /** Until the answer is called. */
  watch(): () => void {
    void this.refresh();
    const timer = setInterval(() => void this.refresh(), pollMs);
    const stop = watchServer(() => void this.refresh());
    return () => {
      clearInterval(timer);
      stop();
    };
  }
}

export const fleet = new Fleet();
