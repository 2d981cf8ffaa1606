package ldapdir

import (
	"container/list"
	"time"
)

// cache keeps the answers that were used last, up to a number. Its owner locks.
type cache[K comparable, V any] struct {
	most  int
	items map[K]*list.Element
	order list.List // the one used last is first
}

// item is one answer.
type item[K comparable, V any] struct {
	key   K
	value V
	asked time.Time // when the question was put: the answer is no younger
}

func newCache[K comparable, V any](most int) *cache[K, V] {
	return &cache[K, V]{most: most, items: make(map[K]*list.Element)}
}

func (c *cache[K, V]) get(key K) (*item[K, V], bool) {
	e, ok := c.items[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*item[K, V]), true
}

func (c *cache[K, V]) put(key K, value V, asked time.Time) {
	c.drop(key)
	c.items[key] = c.order.PushFront(&item[K, V]{key, value, asked})
	if len(c.items) > c.most {
		c.drop(c.order.Back().Value.(*item[K, V]).key)
	}
}

func (c *cache[K, V]) drop(key K) {
	if e, ok := c.items[key]; ok {
		c.order.Remove(e)
		delete(c.items, key)
	}
}
