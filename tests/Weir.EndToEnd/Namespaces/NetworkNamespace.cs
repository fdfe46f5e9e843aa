// SPDX-License-Identifier: Apache-2.0
//
// A host of its own on this machine. A socket belongs to the namespace its thread is in when it is made, so a thread
// that enters, makes the socket and ends is all it takes to be a client or a server there.
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>A network namespace of Linux; gone with its links when it is disposed of.</summary>
internal sealed partial class NetworkNamespace : IAsyncDisposable
{
    private const int NewNet = 0x4000_0000;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public static async Task<NetworkNamespace> AddAsync(string name)
    {
        await Tool.RunAsync("ip", "netns", "add", name);
        var made = new NetworkNamespace(name);
        await made.RunAsync("ip", "link", "set", "lo", "up");
        return made;
    }

    /// <summary>A program inside, run to its good end.</summary>
    public Task RunAsync(params string[] command) => Tool.RunAsync("ip", ["netns", "exec", Name, .. command]);

    /// <summary>What a program inside answers.</summary>
    public Task<string> QueryAsync(params string[] command) =>
        Peer.QueryAsync("ip", ["netns", "exec", Name, .. command]);

    /// <summary>A program inside that runs until it is ended.</summary>
    public Peer Program(params string[] command) => new("ip", ["netns", "exec", Name, .. command]);

    /// <summary>What is made on a thread inside.</summary>
    public T Make<T>(Func<T> make)
    {
        T? made = default;
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                made = make();
            }
            catch (Exception thrown)
            {
                fault = ExceptionDispatchInfo.Capture(thrown); // thrown again on the caller's thread
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
        return made!;
    }

    public async ValueTask DisposeAsync() => await Tool.RunAsync("ip", "netns", "delete", Name);

    private void Enter()
    {
        using SafeFileHandle handle = File.OpenHandle($"/var/run/netns/{Name}");
        if (SetNamespace((int)handle.DangerousGetHandle(), NewNet) != 0)
        {
            throw new IOException($"namespace {Name} cannot be entered: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
