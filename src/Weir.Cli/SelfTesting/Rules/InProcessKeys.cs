// SPDX-License-Identifier: Apache-2.0
//
// Where all four processes are one, each still signs with a key of its own: made at the start, forgotten at the stop.
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Keys of one process that is all four.</summary>
internal sealed class InProcessKeys : IDisposable
{
    public InProcessKeys() => Ring = new PublicKeyRing(
        ScopeGrounds.Kinds,
        [
            (new("collector", "collector"), Collector.Public), (new("store", "store"), Store.Public),
            (new("vault", "vault"), Vault.Public),
        ]);

    public SigningKey Collector { get; } = SigningKey.Create();

    public SigningKey Store { get; } = SigningKey.Create();

    public SigningKey Vault { get; } = SigningKey.Create();

    public PublicKeyRing Ring { get; }

    public void Dispose()
    {
        Collector.Dispose();
        Store.Dispose();
        Vault.Dispose();
    }
}
