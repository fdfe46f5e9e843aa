// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing.Peers;

/// <summary>Cases that keep peers in common, each with some of the others.</summary>
/// <param name="Lines">Cases, by key.</param>
/// <param name="Pairs">Pairs of them that share enough rare peers.</param>
/// <param name="Peers">Rare peers, by address, that two of them share.</param>
/// <param name="P">Share of draws whose largest group has as many pairs: corrected for all groups.</param>
public sealed record PeerGroup(IReadOnlyList<SubjectKey> Lines, int Pairs, int Peers, double P);

/// <summary>What cases share that have no hub (statistics.md B.9). It names no endpoint: a peer is somebody's
/// computer.</summary>
/// <param name="Cases">Cases with at least two rare peers: who can be of a pair.</param>
/// <param name="Controls">Controls among whom labels were drawn.</param>
/// <param name="Pairs">Pairs of cases that share at least two rare peers (T).</param>
/// <param name="Expected">The same among controls matched by class and number of rare peers, the mean of all
/// draws.</param>
/// <param name="P">(1 + draws with T or more) / (draws + 1).</param>
/// <param name="IsSufficient">False: the run could not conclude, which is not the same as there being nothing.</param>
/// <param name="Why">Why it could not; empty where it could.</param>
/// <param name="Groups">Connected cases, most lines first.</param>
public sealed record PeerFindings(
    int Cases, int Controls, long Pairs, double Expected, double P, bool IsSufficient, string Why,
    IReadOnlyList<PeerGroup> Groups);
