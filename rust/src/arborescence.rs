//! The cheapest tree of directed edges from one root (Chu and Liu 1965, Edmonds 1967).

/// An edge and what it costs.
#[derive(Clone, Copy)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub cost: f64,
}

/// The edge that leads to each node but `root` in the tree of least cost, `None` where a node cannot be reached.
///
/// Of edges of one cost the first is taken. Each round contracts all circles of the cheapest edges into a node each.
pub fn cheapest(nodes: usize, root: usize, edges: &[Edge]) -> Option<Vec<usize>> {
    let mut best = vec![usize::MAX; nodes];
    for (n, edge) in edges.iter().enumerate().filter(|(_, e)| e.from != e.to && e.to != root) {
        let held = &mut best[edge.to];
        if *held == usize::MAX || edge.cost < edges[*held].cost {
            *held = n;
        }
    }
    if (0..nodes).any(|node| node != root && best[node] == usize::MAX) {
        return None;
    }
    let (group, groups) = circles(root, edges, &best);
    if groups == nodes {
        return Some(best);
    }
    // What an edge into a circle costs more than the one of the circle that it takes the place of.
    let inner = |edge: &Edge| group[edge.from] == group[edge.to] || edge.to == root;
    let kept: Vec<usize> = (0..edges.len()).filter(|&n| !inner(&edges[n])).collect();
    let outer: Vec<Edge> = kept
        .iter()
        .map(|&n| {
            let Edge { from, to, cost } = edges[n];
            Edge { from: group[from], to: group[to], cost: cost - edges[best[to]].cost }
        })
        .collect();
    for (at, n) in cheapest(groups, group[root], &outer)?.into_iter().enumerate() {
        if at != group[root] {
            best[edges[kept[n]].to] = kept[n];
        }
    }
    Some(best)
}

/// A number for each node, one for all of a circle of `best` edges; and how many there are.
fn circles(root: usize, edges: &[Edge], best: &[usize]) -> (Vec<usize>, usize) {
    let mut group = vec![usize::MAX; best.len()];
    let mut seen = vec![usize::MAX; best.len()];
    let mut groups = 0;
    for start in 0..best.len() {
        let mut at = start;
        while at != root && seen[at] == usize::MAX {
            seen[at] = start;
            at = edges[best[at]].from;
        }
        if at != root && seen[at] == start && group[at] == usize::MAX {
            while group[at] == usize::MAX {
                group[at] = groups;
                at = edges[best[at]].from;
            }
            groups += 1;
        }
    }
    for own in group.iter_mut().filter(|own| **own == usize::MAX) {
        *own = groups;
        groups += 1;
    }
    (group, groups)
}
