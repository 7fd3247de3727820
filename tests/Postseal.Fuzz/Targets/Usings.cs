global using Postseal.Fuzz.Engine;
