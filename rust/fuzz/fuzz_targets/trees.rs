//! The cheapest tree of any graph reaches every node once, and costs no more than any tree of a small graph.
#![no_main]

use _native::arborescence::{cheapest, Edge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: (u8, Vec<(u8, u8, i16)>)| {
    let nodes = usize::from(case.0) % 6 + 1;
    let edges: Vec<Edge> = case
        .1
        .iter()
        .take(12)
        .map(|&(from, to, cost)| Edge {
            from: usize::from(from) % nodes,
            to: usize::from(to) % nodes,
            cost: f64::from(cost),
        })
        .collect();
    let best = brute(nodes, &edges);
    match cheapest(nodes, 0, &edges) {
        None => assert!(best.is_none()),
        Some(chosen) => {
            let cost: f64 = (1..nodes).map(|node| edges[chosen[node]].cost).sum();
            assert!((1..nodes).all(|node| edges[chosen[node]].to == node));
            assert_eq!(Some(cost), best);
        }
    }
});

/// The cost of the cheapest tree, by trying every choice of one edge into each node.
fn brute(nodes: usize, edges: &[Edge]) -> Option<f64> {
    fn rest(node: usize, nodes: usize, edges: &[Edge], parents: &mut Vec<usize>, cost: f64, best: &mut Option<f64>) {
        if node == nodes {
            let reaches = |mut node: usize| {
                for _ in 0..nodes {
                    if node == 0 {
                        return true;
                    }
                    node = parents[node];
                }
                false
            };
            if (0..nodes).all(reaches) && best.is_none_or(|held| cost < held) {
                *best = Some(cost);
            }
            return;
        }
        for edge in edges.iter().filter(|edge| edge.to == node && edge.from != node) {
            parents[node] = edge.from;
            rest(node + 1, nodes, edges, parents, cost + edge.cost, best);
        }
    }
    let mut best = None;
    rest(1, nodes, edges, &mut vec![0; nodes], 0.0, &mut best);
    best
}
