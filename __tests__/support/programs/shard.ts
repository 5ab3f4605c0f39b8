/** The shard itself: its environment says everything. */
import '../../../services/shard/main';
