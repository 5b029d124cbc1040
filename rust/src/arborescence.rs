//! The minimum-cost arborescence: the cheapest tree of directed edges from one root (Chu and Liu 1965, Edmonds 1967).

/// A directed edge and its cost.
#[derive(Clone, Copy)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub cost: f64,
}

/// Return the number of the edge that leads to each node in the tree of least cost; None if a node cannot be reached.
///
/// The entry of `root` has no meaning. Of edges with the same cost, the first is taken. Each call contracts every circle of
/// cheapest edges into one node and solves the smaller problem.
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
    // An edge into a circle costs what it adds to the edge of the circle that it replaces.
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

/// Return a number for each node, the same for all nodes of a circle of `best` edges, and how many numbers there are.
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
