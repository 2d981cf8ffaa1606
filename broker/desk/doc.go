// Package desk puts an Identity Agent together from its settings: where cards
// come from, which server it signs on at, where applications reach it. It holds
// no rule of its own. [Desk.Run] owns everything it starts and returns when all
// of it has ended.
package desk
